"""Every sentence that a visitor meets, in every language, and numbers as a language writes them."""

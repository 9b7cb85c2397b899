"""The runs that their makers put on show, as one page; only where whoever runs the server switched it on."""

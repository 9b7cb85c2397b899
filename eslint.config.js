import js from "@eslint/js";
import globals from "globals";

const LONGEST_FUNCTION = 60; // as in tests/test_house.py
const LONGEST_FILE = 300;

export default [
  { ignores: ["**/.venv/**", "artifacts/**", "node_modules/**"] },
  js.configs.recommended,
  {
    files: ["ui/**/*.js", "tools/**/*.js"],
    languageOptions: { ecmaVersion: 2024, sourceType: "module", globals: globals.browser },
    rules: {
      eqeqeq: "error",
      "max-lines": ["error", { max: LONGEST_FILE }],
      "max-lines-per-function": ["error", { max: LONGEST_FUNCTION }],
      "max-params": ["error", 5],
      "no-implicit-globals": "error",
      "no-restricted-globals": ["error", "event", "name", "status", "top"],
      "no-shadow": "error",
      "no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "no-var": "error",
      "prefer-const": "error",
    },
  },
  { files: ["ui/head/*.js", "tools/*.js"], languageOptions: { sourceType: "script" } },
  { files: ["tests/**/*.js"], languageOptions: { globals: globals.nodeBuiltin } },
];

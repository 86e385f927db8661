"""Widgets in a real JupyterLab and a real Chromium, all tools by the same harness."""

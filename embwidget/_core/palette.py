"""Colours of the screen on white, safe for the colour-blind, as in js/src/color/color.ts."""

SIDES = {"a": "#2b6fdb", "b": "#d97310"}
RAMPS = {
    "coincidence": "#26357f #2a5fb8 #3f95d8 #45b0b4 #8bb05f #c9a53a #ea8f1d #dc5a22 #b01c2e",
    "numeric": "#440f54 #46327e #365c8d #277f8e #1fa187 #4ab662 #86b52a #b5a300",
    "difference": "#0a3f9c #1f68d8 #6b9fe6 #c2b8a6 #e3994a #cf6a08 #933f00",
}

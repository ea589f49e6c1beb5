"""The terminal app. Panels are read and drawn in viewers/panels/; what is here knows of keys, sizes and colours."""

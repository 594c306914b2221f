"""Files as people hand them in become pages with words, boxes and facts."""

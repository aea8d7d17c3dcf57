"""Integration of many small stiff systems at once; knows no biology."""

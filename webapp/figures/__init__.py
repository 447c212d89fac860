"""Plotly figures: values in, figure out."""

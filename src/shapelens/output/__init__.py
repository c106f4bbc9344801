"""Outputs: tables and documents to terminal, JSON, CSV, markdown. No network is computed here, only written down."""

"""分析库: columns in Parquet files, asked through DuckDB. No server, no extension from the network."""

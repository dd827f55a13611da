"""Law as dated data: one YAML file a rule, with its source; read, checked and handed to core as plain values."""

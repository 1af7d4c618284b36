"""The `orchestrate` command: one small module for each verb, loaded when the verb is used."""

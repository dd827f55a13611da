"""The measures again, compiled: the drafts of many loans as tables of whole numbers, equal to core's on every row.

Core's measures are the reference (goodstanding.core.plans.measures). `tables` says where things lie.
"""

"""The merge of two sides over what they showed when they last agreed."""

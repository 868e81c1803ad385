"""What a person does with the hub, by whichever door he came: the commands' and the API's common work."""

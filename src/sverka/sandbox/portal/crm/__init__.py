"""The CRM: leads, deals, contacts, companies and all that hangs on them."""

"""What is bought and by whom: orders, customers, line items, money, and the values their fields hold."""

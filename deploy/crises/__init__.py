"""The page that holds ten years of price alarms against the chilli crises in the news."""

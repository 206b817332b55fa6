-- CRM_ENTITY_TYPE of a click without a card, for one app: '' or LEAD. NULL: what the portal's switch says.
ALTER TABLE app ADD COLUMN unknown_entity TEXT;

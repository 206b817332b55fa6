-- The company itself is the first department: what REST callers put people into who know no other (UF_DEPARTMENT [1]).
INSERT INTO department (portal_id, name, sort, parent_id, head_user_id)
SELECT portal.id, portal.title, 500, NULL, NULL
FROM portal
WHERE NOT EXISTS (SELECT 1 FROM department WHERE department.portal_id = portal.id);

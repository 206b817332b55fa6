import type { Hand } from './history.ts'
import type { HeardStatement } from './statements.ts'

/** How the planner goes about a statement. */
export interface Plan {
  /** tables that are read from one end to the other */
  readonly scanned: readonly string[]
  /** rows are put in order by themselves, not by an index */
  readonly isSorted: boolean
  /** as the database tells it */
  readonly text: string
}

/** Asks a database with statistics how it would run a statement. Null: it has no plan. */
export async function readPlan(hand: Hand, address: string, { sql, parameters }: HeardStatement): Promise<Plan | null> {
  if (!/^\s*(select|insert|update|delete|with)\b/i.test(sql)) return null
  return /^postgres(ql)?:/.test(address) ? readPostgres(hand, sql, parameters) : readSqlite(hand, sql, parameters)
}

async function readSqlite(hand: Hand, sql: string, parameters: readonly unknown[]): Promise<Plan> {
  const rows = await hand.rows(`explain query plan ${sql}`, parameters)
  const lines = rows.map((row) => String(row['detail']))
  return {
    // an index that is read from end to end is a scan too; of the open deliveries' index it is what is wanted
    scanned: lines.flatMap((line) => (/USING (COVERING )?INDEX delivery_due\b/.test(line) ? [] : (/^SCAN (\w+)/.exec(line)?.[1] ?? []))),
    isSorted: lines.some((line) => line.startsWith('USE TEMP B-TREE FOR ORDER BY')),
    text: lines.join('; '),
  }
}

interface Node {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly 'Index Cond'?: string
  readonly Plans?: readonly Node[]
}

async function readPostgres(hand: Hand, sql: string, parameters: readonly unknown[]): Promise<Plan> {
  const [row] = await hand.rows(`explain (format json) ${sql}`, parameters)
  const nodes: Node[] = []
  const walk = (node: Node): void => {
    nodes.push(node)
    for (const one of node.Plans ?? []) walk(one)
  }
  const [told] = row!['QUERY PLAN'] as Array<{ Plan: Node }>
  walk(told!.Plan)
  return {
    scanned: nodes.flatMap((node) => (node['Node Type'] === 'Seq Scan' ? [node['Relation Name'] ?? ''] : [])),
    isSorted: nodes.some((node) => node['Node Type'] === 'Sort'),
    text: nodes.map((node) => [node['Node Type'], node['Index Name'] ?? node['Relation Name']].filter(Boolean).join(' ')).join('; '),
  }
}

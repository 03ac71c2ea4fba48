import { readFileSync } from "node:fs";
import ts from "typescript";

/** An exported declaration: its name and the file, as the path was given. */
export interface ExportedDeclaration {
  readonly name: string;
  readonly file: string;
}

/** Returns what `file` declares and exports: types, interfaces, classes, enums, functions and constants. */
export function exportedDeclarations(file: string): ExportedDeclaration[] {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const declared = new Map(
    source.statements.flatMap((statement) => namesOf(statement).map((name) => [name, statement])),
  );
  const listed = source.statements.filter(isLocalExportList).flatMap(localNames);
  const names = [...declared].filter(([name, statement]) => isExported(statement) || listed.includes(name));
  return names.map(([name]) => ({ name, file }));
}

function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap(({ name }) => boundNames(name));
  }
  const isNamed =
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isEnumDeclaration(statement) ||
    ts.isFunctionDeclaration(statement);
  return isNamed && statement.name ? [statement.name.text] : [];
}

function boundNames(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) =>
    ts.isOmittedExpression(element) ? [] : boundNames(element.name),
  );
}

/** Default exports are named by their importers. */
function isExported(statement: ts.Statement): boolean {
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  const kinds = modifiers.map(({ kind }) => kind);
  return kinds.includes(ts.SyntaxKind.ExportKeyword) && !kinds.includes(ts.SyntaxKind.DefaultKeyword);
}

/** `export { a }` without `from`: a re-export declares nothing. */
function isLocalExportList(statement: ts.Statement): statement is ts.ExportDeclaration {
  return ts.isExportDeclaration(statement) && statement.moduleSpecifier === undefined;
}

function localNames({ exportClause }: ts.ExportDeclaration): string[] {
  if (!exportClause || !ts.isNamedExports(exportClause)) return [];
  return exportClause.elements.map(({ name, propertyName }) => (propertyName ?? name).text);
}

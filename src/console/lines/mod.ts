/**
 * lines: lines of logs and files in the browser: what they say of their level, their colours, which are wanted, and a
 * view of very many of them. Nothing in a line acts on the page.
 *
 * To add one more form of level: level.ts and a row in its test.
 *
 * May import: kit, ui; types of protocol.
 *
 * @module
 */
export { type PlainLine, plainLine, type Run } from "./ansi.ts";
export { isContinuation, type Level, levelOf, LEVELS } from "./level.ts";
export { type BookFilter, type BookLine, type BookRow, LineBook, type NewLine } from "./line_book.ts";
export { type LinePattern, linePattern, type PatternProblem } from "./line_pattern.ts";
export { newSince } from "./overlap.ts";
export { LINE_HEIGHT, LineView, type LineViewProps } from "./line_view.tsx";

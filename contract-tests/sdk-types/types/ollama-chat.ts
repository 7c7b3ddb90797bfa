import type { ChatRequest } from 'ollama';

export type Body = ChatRequest;

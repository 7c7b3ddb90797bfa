import type { ChatCompletionCreateParams } from 'groq-sdk/resources/chat/completions';

export type Body = ChatCompletionCreateParams;

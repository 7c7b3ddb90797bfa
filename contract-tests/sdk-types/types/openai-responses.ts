import type OpenAI from 'openai';

export type Body = OpenAI.Responses.ResponseCreateParams;

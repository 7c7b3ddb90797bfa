// What the SDK writes to the wire: its serialization schemas' raw types. The SDK adds `stream` by itself.
import type { V2ChatRequest } from '../node_modules/cohere-ai/dist/serialization/resources/v2/client/requests/V2ChatRequest';
import type { V2ChatStreamRequest } from '../node_modules/cohere-ai/dist/serialization/resources/v2/client/requests/V2ChatStreamRequest';

export type Body = (V2ChatRequest.Raw & { stream: false }) | (V2ChatStreamRequest.Raw & { stream: true });

// What the SDK writes to the wire: its zod schemas' output types.
import type {
  ChatCompletionRequest$Outbound,
  ChatCompletionStreamRequest$Outbound,
} from '@mistralai/mistralai/models/components';

export type Body =
  | (ChatCompletionRequest$Outbound & { stream: false })
  | (ChatCompletionStreamRequest$Outbound & { stream: true });

package dev.avionics.airframe.http.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.util.AsciiString;

/**
 * Decodes answers, strictly: whatever two readers could understand in two ways is an error. Knows what the request was,
 * because answers to HEAD and CONNECT have no body.
 */
final class ResponseDecoder extends HttpResponseDecoder {
    private static final int MAX_LINE = 8 * 1024;
    private static final int MAX_HEADERS = 16 * 1024;
    private static final int MAX_PIECE = 64 * 1024;

    private boolean withoutBody;
    private boolean sawBytes;

    ResponseDecoder() {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(MAX_LINE)
                .setMaxHeaderSize(MAX_HEADERS)
                .setMaxChunkSize(MAX_PIECE)
                .setChunkedSupported(true)
                .setAllowPartialChunks(true)
                .setAllowDuplicateContentLengths(false)
                .setValidateHeaders(true)
                .setHeadersFactory(DefaultHttpHeadersFactory.headersFactory().withValidation(true))
                .setTrailersFactory(DefaultHttpHeadersFactory.trailersFactory().withValidation(true))
                .setStrictLineParsing(true)
                .setUseRfc9112TransferEncoding(true));
    }

    /** To be called before a request is written. */
    void expect(boolean answerWithoutBody) {
        withoutBody = answerWithoutBody;
        sawBytes = false;
    }

    /** Whether a byte came since the request. */
    boolean sawBytes() {
        return sawBytes;
    }

    /** Whether there are bytes that belong to no answer so far. */
    boolean holdsBytes() {
        return actualReadableBytes() > 0;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) throws Exception {
        sawBytes = true;
        super.channelRead(ctx, msg);
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
        return (withoutBody && isFinal(message)) || super.isContentAlwaysEmpty(message);
    }

    /** White space in or after a name is cut off by Netty, as proxies must do; here it is an error. */
    @Override
    protected AsciiString splitHeaderName(byte[] bytes, int start, int length) {
        int end = start + length;
        if (length == 0 || end >= bytes.length || bytes[end] != ':') {
            throw new IllegalArgumentException("a header without a name and a colon");
        }
        return super.splitHeaderName(bytes, start, length);
    }

    private static boolean isFinal(HttpMessage message) {
        return message instanceof HttpResponse response && response.status().code() >= 200;
    }

    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        throw new IllegalArgumentException("both content-length and transfer-encoding");
    }
}

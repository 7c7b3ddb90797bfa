package dev.avionics.architecture.wrong.airframe.http;

import com.google.inject.Injector;
import com.google.inject.Module;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.ReferenceCounted;
import java.nio.ByteBuffer;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;

/** Shows a type of another library in every position that a signature has. */
public abstract class CoreShowsOthers implements ReferenceCounted, Comparable<Module> {
    protected ByteBuf field;

    protected CoreShowsOthers(ByteBuffer allowed) {
        this.field = hidden();
    }

    public abstract JsonParser result();

    protected abstract void argument(List<? extends ByteBuf> buffers);

    public abstract void array(ByteBuf... buffers);

    public abstract <T extends Injector> void bounded();

    public abstract void thrown() throws JacksonException;

    private static ByteBuf hidden() {
        return Unpooled.EMPTY_BUFFER;
    }

    abstract ByteBuf packagePrivate();
}

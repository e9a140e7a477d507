namespace Mambascope.Evaluation.Datasets;

/// <summary>
/// A file that may be read only so often: a damaged file whose parts point at each other would keep its reader busy for ever. Beyond the
/// bounds, reading fails as it does at the end of the file.
/// </summary>
internal sealed class BoundedStream(Stream file, long mostReads, long mostBytes) : Stream
{
    private long reads = mostReads;
    private long bytes = mostBytes;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => file.Length;

    /// <inheritdoc/>
    public override long Position { get => file.Position; set => file.Position = value; }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        // A damaged length is found here, before the memory that its reader asked for is ever touched.
        if (buffer.Length > file.Length - file.Position)
        {
            throw new EndOfStreamException("it ends earlier than its parts say");
        }

        bytes -= buffer.Length;
        return --reads >= 0 && bytes >= 0 ? file.Read(buffer) : throw new EndOfStreamException("its parts point in circles");
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => file.Seek(offset, origin);

    /// <inheritdoc/>
    public override void Flush() { }

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
        }

        base.Dispose(disposing);
    }
}

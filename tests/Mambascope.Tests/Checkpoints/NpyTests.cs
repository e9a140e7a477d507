using System.Text;
using Mambascope.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Checkpoints;

public sealed class NpyTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_bytes_are_those_of_numpy()
    {
        NpyWriter.Write<float>(folder.File("a.npy"), [2, 1], new float[] { 1, -2 });

        // numpy.save('a.npy', numpy.array([[1], [-2]], dtype=numpy.float32)), NumPy 1.26: 128 bytes of header and two singles.
        var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), }".PadRight(117) + "\n";
        byte[] expected = [0x93, .. "NUMPY"u8, 1, 0, 118, 0, .. Encoding.ASCII.GetBytes(header), 0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0];
        Assert.Equal(expected, File.ReadAllBytes(folder.File("a.npy")));
    }

    [Fact]
    public void Every_type_and_rank_survives()
    {
        RoundTrip([3], new float[] { 1.5f, float.NaN, float.NegativeInfinity });
        RoundTrip([2, 2], new double[] { 1e300, -0.0, 3, 4 });
        RoundTrip([], new long[] { long.MinValue });
        RoundTrip([1, 0, 2], Array.Empty<byte>());
        RoundTrip([5000, 5], Enumerable.Range(0, 25_000).Select(i => (byte)i).ToArray());
    }

    [Fact]
    public void A_version_2_header_is_read()
    {
        var dict = Encoding.ASCII.GetBytes("{'shape': (2,), 'fortran_order': False, 'descr': '|u1'}\n");
        var file = folder.Write("a.npy", [0x93, .. "NUMPY"u8, 2, 0, (byte)dict.Length, 0, 0, 0, .. dict, 7, 8]);

        (var shape, var values) = NpyReader.Read<byte>(file);

        Assert.Equal([2], shape);
        Assert.Equal([7, 8], values);
    }

    [Theory]
    [InlineData("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", "type >f4, expected <f4")]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", "type |O, expected <f4")]
    [InlineData("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 1), }", "Fortran")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "do not fit the shape (2)")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999,), }", "axis of 99999999999")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2147483647, 2147483647, 2147483647), }", "do not fit")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", "without a shape")]
    [InlineData("{'descr': '<f4', 'fortran_order': False}", "without a shape")]
    [InlineData("", "type '', expected <f4")]
    public void A_damaged_header_is_refused(string dict, string message)
    {
        byte[] bytes = [0x93, .. "NUMPY"u8, 1, 0, (byte)dict.Length, 0, .. Encoding.ASCII.GetBytes(dict), 1, 2, 3, 4];

        Assert.Contains(message, Fails(bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void Truncated_files_are_refused_at_every_length()
    {
        NpyWriter.Write<float>(folder.File("a.npy"), [2, 1], new float[] { 1, -2 });
        var whole = File.ReadAllBytes(folder.File("a.npy"));
        for (var length = 0; length < whole.Length; length++)
        {
            Fails(whole[..length]);
        }
    }

    private string Fails(byte[] bytes)
    {
        var file = folder.Write("b.npy", bytes);
        return TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => NpyReader.Read<float>(file)));
    }

    private void RoundTrip<T>(int[] shape, T[] values) where T : unmanaged
    {
        NpyWriter.Write<T>(folder.File("a.npy"), shape, values);
        (var readShape, var readValues) = NpyReader.Read<T>(folder.File("a.npy"));
        Assert.Equal(shape, readShape);
        Assert.Equal(values, readValues);
    }
}

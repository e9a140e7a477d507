using Mambascope.Imaging;
using Mambascope.Tests.Inputs.Images;
using SkiaSharp;
using Xunit;

namespace Mambascope.Tests.Imaging;

/// <summary>Damaged pictures, a thousand of each kind: a picture or one clear error, never a crash or another exception.</summary>
public sealed class ImageMutationTests
{
    [Theory]
    [InlineData("png")]
    [InlineData("jpg")]
    [InlineData("webp")]
    [InlineData("tiff")]
    [InlineData("dicom")]
    public void Mutants_decode_or_are_refused(string kind)
    {
        var image = PilResizeTests.Noise(40, 30, seed: 21);
        var original = kind switch
        {
            "png" => ImageFile.EncodePng(image),
            "tiff" => File.ReadAllBytes(TiffTests.File("lzw")),
            "dicom" => DicomTests.Grey16([.. Enumerable.Range(0, 1200).Select(i => (ushort)(i * 50))], 40, 30),
            "jpg" => ImageFileTests.Encode(image, SKEncodedImageFormat.Jpeg),
            _ => ImageFileTests.Encode(image, SKEncodedImageFormat.Webp),
        };
        var random = new Random(2026);
        var (decoded, refused) = (0, 0);
        for (var i = 0; i < 1000; i++)
        {
            var mutant = Mutate(original, random);
            if (kind is "png" && i % 2 == 0)
            {
                PngBuilder.RepairChecksums(mutant);
            }

            try
            {
                var found = ImageFile.Decode(mutant, $"mutant {i}");
                Assert.Equal(found.Width * found.Height * 3, found.Pixels.Length);
                decoded++;
            }
            catch (BadInputException e)
            {
                Assert.DoesNotContain('\n', e.Message);
                refused++;
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{kind}: {decoded} decoded, {refused} refused");
        Assert.True(decoded > 0 && refused > 0, $"{kind}: {decoded} decoded, {refused} refused: the mutants do not reach both outcomes");
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        var bytes = original.ToArray();
        switch (random.Next(5))
        {
            case 0: // cut short
                return bytes[..random.Next(bytes.Length)];
            case 1: // a stretch taken out or doubled
                var (from, length) = (random.Next(bytes.Length), random.Next(1, 200));
                var end = Math.Min(from + length, bytes.Length);
                return random.Next(2) == 0 ? [.. bytes[..from], .. bytes[end..]] : [.. bytes[..end], .. bytes[from..]];
            case 2: // the header hit
                bytes[random.Next(Math.Min(64, bytes.Length))] = (byte)random.Next(256);
                return bytes;
            default: // some bytes hit anywhere
                for (var hits = random.Next(1, 9); hits > 0; hits--)
                {
                    bytes[random.Next(bytes.Length)] = random.Next(3) == 0 ? (byte)0xFF : (byte)random.Next(256);
                }

                return bytes;
        }
    }
}

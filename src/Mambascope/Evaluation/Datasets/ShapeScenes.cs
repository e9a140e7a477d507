using System.Globalization;
using Mambascope.Inputs.Images;

namespace Mambascope.Evaluation.Datasets;

/// <summary>
/// Pictures that need no file: a light disc, square, triangle or cross anywhere on dark noisy ground, with specks of other dark colours
/// under it; the label is the shape, the mask its pixels. <c>shapes[:SPLIT[:COUNT]]</c>, SPLIT being test, validation or train. Integers
/// only, so that a picture is the same bytes on every machine.
/// </summary>
internal sealed class ShapeScenes : IImageDataset
{
    /// <summary>What a specification begins with.</summary>
    public const string Prefix = "shapes";

    /// <summary>Height and width of a picture.</summary>
    public const int Size = 28;

    private const int StandardCount = 1000;
    private const int LeastReach = 6; // from the middle of a shape to its edge
    private const int Specks = 4;
    private const int Noise = 12;
    private const int Dark = 110; // values of the ground are below
    private const int Light = 150; // values of a shape are not
    private static readonly string[] splits = ["test", "validation", "train"];

    private readonly int split;

    private ShapeScenes(int split, int count)
    {
        this.split = split;
        Count = count is >= 1 and <= FashionSceneDataset.MaxCount
            ? count
            : throw new BadInputException($"{Prefix}: expected 1 to {FashionSceneDataset.MaxCount} pictures, found {count}");
    }

    /// <inheritdoc/>
    public string Name => $"{Prefix}:{splits[split]}:{Count}";

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames { get; } = ["disc", "square", "triangle", "cross"];

    /// <inheritdoc/>
    public bool HasLabels => true;

    /// <inheritdoc/>
    public bool HasMasks => true;

    /// <summary>Whether a specification means such pictures.</summary>
    public static bool Is(string specification)
        => specification == Prefix || specification.StartsWith(Prefix + ":", StringComparison.Ordinal);

    /// <summary>Opens a specification; the test split and 1,000 pictures where nothing is said.</summary>
    /// <exception cref="BadInputException">It is written in another way.</exception>
    public static ShapeScenes Open(string specification)
    {
        var parts = specification.Split(':');
        var named = parts.Length > 1 ? Array.IndexOf(splits, parts[1]) : 0;
        var count = StandardCount;
        return parts.Length <= 3 && named >= 0
            && (parts.Length < 3 || int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out count))
            ? new(named, count)
            : throw new BadInputException(
                $"{specification}: expected {Prefix}:SPLIT:COUNT with SPLIT {string.Join(", ", splits)}, for example {Prefix}:test:200");
    }

    /// <inheritdoc/>
    public string Id(int index) => $"{splits[split]}/{IndexCheck.Within(index, Count)}";

    /// <inheritdoc/>
    public DatasetImage Read(int index)
    {
        var id = Id(index);
        var random = new SplitMix64(0x5A4E5, (ulong)split, index);
        var label = random.Below(ClassNames.Count);
        var ground = Colour(ref random, 0, Dark);
        var ink = Colour(ref random, Light, byte.MaxValue + 1);
        var pixels = new byte[Size * Size * 3];
        var mask = new byte[Size * Size];
        Paint(pixels, ground, static (_, _) => true);
        for (var speck = 0; speck < Specks; speck++)
        {
            var (left, top, side) = (random.Below(Size), random.Below(Size), 1 + random.Below(3));
            Paint(pixels, Colour(ref random, 0, Dark), (x, y) => x >= left && x < left + side && y >= top && y < top + side);
        }

        var reach = LeastReach + random.Below(4);
        var (middleX, middleY) = (reach + random.Below(Size - (2 * reach)), reach + random.Below(Size - (2 * reach)));
        Paint(pixels, ink, (x, y) =>
        {
            var isInside = Covers(label, x - middleX, y - middleY, reach);
            mask[(y * Size) + x] = (byte)(isInside ? 1 : 0);
            return isInside;
        });
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)Math.Clamp(pixels[i] + random.Below((2 * Noise) + 1) - Noise, 0, byte.MaxValue);
        }

        return new(id, new(Size, Size, pixels), label, mask);
    }

    private static bool Covers(int label, int x, int y, int reach) => label switch
    {
        0 => (x * x) + (y * y) <= reach * reach,
        1 => Math.Max(Math.Abs(x), Math.Abs(y)) <= reach - 1,
        2 => y <= reach - 1 && y >= -reach && 2 * Math.Abs(x) <= y + reach,
        _ => Math.Min(Math.Abs(x), Math.Abs(y)) <= 1 && Math.Max(Math.Abs(x), Math.Abs(y)) <= reach,
    };

    private static void Paint(byte[] pixels, (int Red, int Green, int Blue) colour, Func<int, int, bool> covers)
    {
        for (var y = 0; y < Size; y++)
        {
            for (var x = 0; x < Size; x++)
            {
                if (covers(x, y))
                {
                    var at = ((y * Size) + x) * 3;
                    (pixels[at], pixels[at + 1], pixels[at + 2]) = ((byte)colour.Red, (byte)colour.Green, (byte)colour.Blue);
                }
            }
        }
    }

    private static (int Red, int Green, int Blue) Colour(ref SplitMix64 random, int least, int bound)
        => (least + random.Below(bound - least), least + random.Below(bound - least), least + random.Below(bound - least));
}

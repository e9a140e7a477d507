using Mambascope.Evaluation.Datasets;
using Mambascope.Numerics;

namespace Mambascope.Recipes;

/// <summary>Scenes as a model reads them: normalised planes (B, 3 H, W) and labels.</summary>
internal sealed class SceneBatch
{
    /// <summary>Mean of each colour channel in [0, 1] units (ImageNet's, as in the published models).</summary>
    public static ReadOnlySpan<float> Mean => [0.485f, 0.456f, 0.406f];

    /// <summary>Standard deviation of each colour channel.</summary>
    public static ReadOnlySpan<float> StandardDeviation => [0.229f, 0.224f, 0.225f];

    /// <summary>A batch of <paramref name="size"/> empty images.</summary>
    public SceneBatch(int size)
    {
        Pixels = Activation<float>.Zeros(size, 3 * FashionScenes.Size, FashionScenes.Size);
        Labels = new int[size];
    }

    /// <summary>Normalised images.</summary>
    public Activation<float> Pixels { get; }

    /// <summary>Class of each image.</summary>
    public int[] Labels { get; }

    /// <summary>Renders scenes first, first + 1, ... of a stream.</summary>
    public void Fill(Workers workers, SceneStream scenes, long first)
        => workers.For(Labels.Length, item =>
        {
            const int Area = FashionScenes.Size * FashionScenes.Size;
            Span<byte> rgb = new byte[3 * Area];
            Span<byte> mask = new byte[Area];
            Labels[item] = scenes(first + item, rgb, mask);
            var planes = Pixels.Item(item).Extent;
            for (var i = 0; i < Area; i++)
            {
                for (var c = 0; c < 3; c++)
                {
                    planes[(c * Area) + i] = ((rgb[(3 * i) + c] / 255f) - Mean[c]) / StandardDeviation[c];
                }
            }
        });
}

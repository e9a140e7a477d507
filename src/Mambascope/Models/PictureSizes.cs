namespace Mambascope.Models;

/// <summary>Sizes of a picture model that is made anew; an <see cref="Architecture"/> finds the rest.</summary>
internal sealed record PictureSizes
{
    /// <summary>Side of the picture, pixels.</summary>
    public required int ImageSize { get; init; }

    /// <summary>Side of a patch, pixels.</summary>
    public required int PatchSize { get; init; }

    /// <summary>Width of the residual stream, in the first stage where there are several.</summary>
    public required int Width { get; init; }

    /// <summary>Blocks, in all stages together.</summary>
    public required int Depth { get; init; }

    /// <summary>Outputs of the classifier.</summary>
    public required int Classes { get; init; }
}

/// <summary>How a picture model of an architecture is made anew, to be trained.</summary>
/// <param name="Name">What it is called on a command line: "vim".</param>
/// <param name="Words">What it is, in a line.</param>
/// <param name="Width">Width where nothing is said.</param>
/// <param name="Depth">Blocks where nothing is said.</param>
/// <param name="Create">The model around weights from a source.</param>
internal sealed record NewPictureModel(
    string Name, string Words, int Width, int Depth, Func<PictureSizes, WeightSource, IVisionModel> Create)
{
    /// <summary>Highest learning rate where nothing is said.</summary>
    public double LearningRate { get; init; } = 2e-3;

    /// <summary>Widths are multiples of it.</summary>
    public required int WidthStep { get; init; }

    /// <summary>The only side of a patch that there is; null where any will do.</summary>
    public int? PatchSize { get; init; }
}

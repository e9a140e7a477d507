using Mambascope.Evaluation.Datasets;
using Mambascope.Inputs.Images;

namespace Mambascope.Training;

/// <summary>What a training needs beside its settings and what does not change its result, the time limit apart.</summary>
public sealed record TrainingOptions
{
    /// <summary>
    /// Reads a picture file; needed for folders of pictures. Mambascope.Imaging has one: <c>path => ImageFile.Decode(path)</c>.
    /// </summary>
    public Func<string, RgbImage>? Decode { get; init; }

    /// <summary>Threads; null for one a processor. Results do not depend on it.</summary>
    public int? Threads { get; init; }

    /// <summary>
    /// Longest time, all restarts together: where neither steps nor epochs are given, as many steps are planned as fit into it on this
    /// machine; in any case it ends when the time is over. Null for no limit.
    /// </summary>
    public TimeSpan? Time { get; init; }

    /// <summary>The command line that asked for it, for the card.</summary>
    public string? Command { get; init; }

    /// <summary>Where the training garments of fashion scenes lie.</summary>
    public string GarmentFolder { get; init; } = FashionMnist.DebianFolder;
}

using Mambascope.Attribution;
using Mambascope.Imaging;

namespace Mambascope.Cli.Comparing;

/// <summary>What a compare command line asks for.</summary>
/// <param name="Input">The input file.</param>
/// <param name="Reading">How it is read.</param>
/// <param name="Models">Models as written, two or more.</param>
/// <param name="Methods">Methods as written, each looked up in every model.</param>
/// <param name="Options">Their options.</param>
/// <param name="Target">Class index or label, looked up in every model; null for each model's own answer.</param>
/// <param name="Colors">Colours of the maps.</param>
/// <param name="FirstTokens">Tokens that matrices show.</param>
/// <param name="Files">What is written.</param>
internal sealed record CompareRequest(
    string Input,
    ImageFileOptions Reading,
    IReadOnlyList<string> Models,
    IReadOnlyList<string> Methods,
    AttributionOptions Options,
    string? Target,
    MapColors Colors,
    int FirstTokens,
    CompareFiles Files)
{
    /// <summary>Whether matrices are wanted beside maps.</summary>
    internal bool WantsMatrices => Files.Matrices is not null;
}

/// <summary>The files of a comparison, each or null.</summary>
/// <param name="Picture">The sheet of maps.</param>
/// <param name="Matrices">The sheet of attention matrices.</param>
/// <param name="Tensors">Everything as numbers.</param>
/// <param name="MayReplace">Whether existing pictures may be replaced.</param>
internal sealed record CompareFiles(string? Picture, string? Matrices, string? Tensors, bool MayReplace)
{
    /// <summary>Those that are written.</summary>
    internal IEnumerable<string> All => new[] { Picture, Matrices, Tensors }.OfType<string>();
}

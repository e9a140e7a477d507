using Mambascope.Attribution;
using Mambascope.Imaging;

namespace Mambascope.Cli;

/// <summary>What an explain command line asks for.</summary>
/// <param name="Input">The input file.</param>
/// <param name="Methods">Methods, in the order of the panels.</param>
/// <param name="Options">Their options.</param>
/// <param name="Target">Class index or label; null for the most likely class.</param>
/// <param name="Against">Next token that could have come instead of the target, by id or text; null for none.</param>
/// <param name="Token">Explained token; null for the one that the classifier reads.</param>
/// <param name="Colors">Colours of the maps.</param>
/// <param name="Picture">Picture to write, or null.</param>
/// <param name="Tensors">Safetensors file to write, or null.</param>
/// <param name="PseudoMask">Mask and boxes to write, or null.</param>
/// <param name="MayReplace">Whether an existing picture may be replaced.</param>
internal sealed record ExplainRequest(
    string Input, IReadOnlyList<AttributionMethod> Methods, AttributionOptions Options, string? Target, string? Against, int? Token, ColorMap Colors, string? Picture, string? Tensors, PseudoMaskRequest? PseudoMask, bool MayReplace)
{
    /// <summary>Of a text: whether what comes after each token is explained.</summary>
    internal bool EveryPosition { get; init; }

    /// <summary>Name of a method's map among several: METHOD.FORM, or METHOD where there is one form.</summary>
    internal string NameOf(AttributionMethod method) => method.NameOf(Options);
}

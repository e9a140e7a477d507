namespace Mambascope.Cli.Explanations;

/// <summary>What is made of an explanation beside what is printed.</summary>
/// <param name="Picture">Picture or page to write; null for none.</param>
/// <param name="Tensors">Safetensors file to write, or null.</param>
/// <param name="PseudoMask">Mask and boxes to write, or null.</param>
/// <param name="Colors">Colours of the maps.</param>
/// <param name="IsOriginal">Whether pictures, masks and maps are of the whole original, not of what the model sees.</param>
/// <param name="MayReplace">Whether an existing picture may be replaced.</param>
internal sealed record ExplanationFiles(
    string? Picture, string? Tensors, PseudoMaskRequest? PseudoMask, MapColors Colors, bool IsOriginal, bool MayReplace)
{
    /// <summary>How the name of a page ends.</summary>
    internal const string Page = ".html";

    /// <summary>Picture and tensors, as far as they are written.</summary>
    internal IEnumerable<string> Written => new[] { Picture, Tensors }.OfType<string>();

    /// <summary>Whether a name is that of a page.</summary>
    internal static bool IsPageName(string? name) => name?.EndsWith(Page, StringComparison.OrdinalIgnoreCase) == true;
}

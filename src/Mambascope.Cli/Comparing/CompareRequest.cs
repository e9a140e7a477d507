using Mambascope.Application;
using Mambascope.Attribution;
using Mambascope.Imaging;
using Mambascope.Tracing;

namespace Mambascope.Cli.Comparing;

/// <summary>What a compare command line asks for.</summary>
/// <param name="Input">The picture.</param>
/// <param name="Reading">How it is read.</param>
/// <param name="Models">Models as written, two or more.</param>
/// <param name="Columns">What each column of the sheet is asked to show; null for each model's standard methods.</param>
/// <param name="Options">Options of the methods, apart from what a column says itself.</param>
/// <param name="Target">Class index or label, looked up in every model; null for each model's own answer.</param>
/// <param name="Colors">Colours of the maps.</param>
/// <param name="FirstTokens">Tokens that matrices show.</param>
/// <param name="Files">What is written.</param>
internal sealed record CompareRequest(
    GivenInput Input,
    ImageFileOptions Reading,
    IReadOnlyList<string> Models,
    IReadOnlyList<AskedColumn>? Columns,
    AttributionOptions Options,
    string? Target,
    MapColors Colors,
    int FirstTokens,
    CompareFiles Files)
{
    /// <summary>Whether matrices are wanted beside maps.</summary>
    internal bool WantsMatrices => Files.Matrices is not null;
}

/// <summary>A method as it was asked for, which every model answers in its own way.</summary>
/// <param name="Name">METHOD or METHOD.FORM, as written.</param>
/// <param name="Mode">The mode of those methods that have modes; null for the standard one or the form in the name.</param>
/// <param name="IsRepeat">Whether the same name stands in an earlier column in another mode: a method without modes is in that one.</param>
internal sealed record AskedColumn(string Name, AttributionMode? Mode = null, bool IsRepeat = false)
{
    /// <summary>The name with the mode, for titles and files.</summary>
    internal string FullName => Mode is { } mode ? $"{Name}.{mode.ToString().ToLowerInvariant()}" : Name;

    /// <summary>The method of a model; null where it has none such.</summary>
    /// <param name="shape">The model's mixers.</param>
    /// <param name="given">What holds for all columns; null for the standard.</param>
    internal ChosenMethod? For(ModelShape shape, AttributionOptions? given = null)
    {
        if (!MethodNames.Explains(Name, shape))
        {
            return null;
        }

        var (method, options) = MethodNames.WithForm(Name, shape, given);
        return (Mode, method.HasModes) switch
        {
            ({ } mode, true) => new(method, options with { Mode = mode }),
            (_, false) when IsRepeat => null,
            _ => new(method, options),
        };
    }
}

/// <summary>The files of a comparison, each or null.</summary>
/// <param name="Picture">The sheet of maps.</param>
/// <param name="Matrices">The sheet of attention matrices.</param>
/// <param name="Tensors">Everything as numbers.</param>
/// <param name="IsOriginal">Whether maps are laid over the whole original, not over what each model sees.</param>
/// <param name="MayReplace">Whether existing pictures may be replaced.</param>
internal sealed record CompareFiles(string? Picture, string? Matrices, string? Tensors, bool IsOriginal, bool MayReplace)
{
    /// <summary>Those that are written.</summary>
    internal IEnumerable<string> All => new[] { Picture, Matrices, Tensors }.OfType<string>();
}

using System.CommandLine;
using Mambascope.Evaluation.Segmentation;

namespace Mambascope.Cli.Explanations;

/// <summary>The mask and boxes that explain is asked to make of a map.</summary>
/// <param name="Mask">PNG to write, or null.</param>
/// <param name="Boxes">JSON file to write, or null.</param>
/// <param name="Threshold">Where the map begins to be foreground.</param>
/// <param name="Rule">Which boxes.</param>
internal sealed record PseudoMaskRequest(string? Mask, string? Boxes, MapThreshold Threshold, BoxRule Rule);

/// <summary>The options that ask for it.</summary>
internal sealed class PseudoMaskOptions
{
    private readonly Option<string?> mask = OptionKinds.Text(
        "--mask",
        "FILE.png",
        "Also write the map of the one method as a mask, white on black, at the size of the picture as the model sees it; or see "
            + "--original; of several pictures a folder, with NAME.mask.png for each");
    private readonly Option<string?> boxes = OptionKinds.Text(
        "--boxes",
        "FILE.json",
        "Also write boxes around the mask's connected regions, in pixels of the picture as the model sees it; or see --original; of "
            + "several pictures a folder, with NAME.boxes.json for each");
    private readonly Option<MapThreshold?> threshold = OptionKinds.Threshold(
        "--threshold", "Where the map, enlarged and scaled to 0..1, begins to be foreground, for --mask and --boxes [default: mean]");

    private readonly Option<BoxRule?> rule = OptionKinds.Choice<BoxRule?>(
        "--box-rule",
        "Box around the largest region, or around each [default: largest]",
        [("largest", BoxRule.Largest), ("all", BoxRule.All)]);

    internal PseudoMaskOptions(Command verb)
    {
        foreach (var option in new Option[] { mask, boxes, threshold, rule })
        {
            verb.Add(option);
        }
    }

    /// <summary>What the command line asks for, its files checked; null for nothing.</summary>
    /// <exception cref="UsageException">Options that do not go together.</exception>
    /// <exception cref="BadInputException">A file cannot be written.</exception>
    internal PseudoMaskRequest? Read(Session session, bool mayReplace)
    {
        var request = ReadMany(session);
        Check("--mask", request?.Mask, ".png", mayReplace);
        Check("--boxes", request?.Boxes, ".json", mayReplace);
        return request;
    }

    /// <summary>The same for several pictures: names of folders, which are not checked.</summary>
    /// <exception cref="UsageException">Options that do not go together.</exception>
    internal PseudoMaskRequest? ReadMany(Session session)
    {
        var arguments = session.Arguments;
        var (png, json) = (arguments.GetValue(mask), arguments.GetValue(boxes));
        if (png is null && json is null)
        {
            return arguments.GetValue(threshold) is not null
                    ? throw new UsageException("--threshold is for --mask and --boxes: name a file to write")
                : arguments.GetValue(rule) is not null ? throw new UsageException("--box-rule is for --boxes: name a file to write")
                : null;
        }

        if (json is null && arguments.GetValue(rule) is not null)
        {
            throw new UsageException("--box-rule is for --boxes: name a file to write");
        }

        return new(png, json, arguments.GetValue(threshold) ?? MapThreshold.Mean, arguments.GetValue(rule) ?? BoxRule.Largest);
    }

    private static void Check(string option, string? path, string ending, bool mayReplace)
    {
        if (path is null)
        {
            return;
        }

        if (!path.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
        {
            throw new UsageException($"{option} {path}: expected a name that ends in {ending}");
        }

        OutputFile.Check(path, mayReplace, option);
    }
}

using System.Numerics;
using System.Text.Json.Nodes;
using Mambascope.Application;

namespace Mambascope.Cli.Explanations;

/// <summary>The folders that get a file for each of many inputs: tensors, masks, boxes, as far as they were asked for.</summary>
internal sealed class ExplanationFolders
{
    private readonly ExplanationFiles files;
    private readonly OutputFolder? tensors;
    private readonly OutputFolder? masks;
    private readonly OutputFolder? boxes;

    /// <param name="files">What was asked for; what is one file of a single input is a folder here.</param>
    /// <exception cref="BadInputException">A folder's name is that of a file.</exception>
    internal ExplanationFolders(ExplanationFiles files)
    {
        this.files = files;
        tensors = OutputFolder.Of("--save", files.Tensors, ".safetensors", files.MayReplace);
        masks = OutputFolder.Of("--mask", files.PseudoMask?.Mask, ".mask.png", files.MayReplace);
        boxes = OutputFolder.Of("--boxes", files.PseudoMask?.Boxes, ".boxes.json", files.MayReplace);
    }

    /// <summary>Refuses, before any work is done, to replace what may not be replaced.</summary>
    /// <param name="inputs">Names of all inputs.</param>
    /// <exception cref="BadInputException">The file of one of them is there.</exception>
    internal void Check(IEnumerable<string> inputs)
    {
        string[] all = [.. inputs];
        foreach (var folder in (OutputFolder?[])[tensors, masks, boxes])
        {
            folder?.Check(all);
        }
    }

    /// <summary>Saves what is kept of an input.</summary>
    /// <param name="explanation">The input, explained.</param>
    /// <param name="json">The same for machines, which learns of the files; null where nobody asks.</param>
    /// <exception cref="BadInputException">A file is there already, or none can be written.</exception>
    internal void Save<T>(Explanation<T> explanation, JsonObject? json)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (tensors?.For(explanation.Subject) is { } file)
        {
            TensorFile.Save(ExplanationTensors.Of(explanation, files.IsOriginal), file);
        }

        if (files.PseudoMask is { } asked)
        {
            var weak = PseudoMaskFiles.Of(
                asked with { Mask = masks?.For(explanation.Subject), Boxes = boxes?.For(explanation.Subject) }, explanation,
                files.IsOriginal);
            weak.Save(explanation, files.MayReplace);
            if (json is not null)
            {
                weak.AddTo(json, explanation);
            }
        }
    }
}

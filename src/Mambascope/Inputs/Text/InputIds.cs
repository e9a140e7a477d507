using System.Collections.Immutable;
using Mambascope.Checkpoints;

namespace Mambascope.Inputs.Text;

/// <summary>
/// Token ids in a safetensors file, as a tokenizer in Python saves them: <c>input_ids</c>, (L) or with a batch of one, and beside it
/// <c>attention_mask</c>, which says where it was padded.
/// </summary>
internal static class InputIds
{
    private const string Ids = "input_ids";
    private const string Mask = "attention_mask";

    // Says which of two texts a token belongs to (BERT); all zeros for one text.
    private const string Types = "token_type_ids";

    // Inputs of models in transformers that change the run; other tensors (saved maps, labels) have no part in it.
    private static readonly string[] notRead =
        ["position_ids", "inputs_embeds", "decoder_input_ids", "global_attention_mask", "cache_position"];

    /// <summary>The ids of one text without padding: the masked ones before and after it are cut off.</summary>
    /// <exception cref="BadInputException">
    /// No such tensor, another shape, a mask with holes, or another input of a model that would change what it computes and is not read
    /// here.
    /// </exception>
    public static long[] Read(string path)
    {
        using var file = Checkpoint.Open(path);
        var shape = file.Find(Ids).Shape;
        if (shape.Length is not (1 or 2) || (shape.Length == 2 && shape[0] != 1) || shape[^1] == 0)
        {
            throw new BadInputException($"{path}: {Ids} has shape ({string.Join(", ", shape)}), expected one text: (tokens) or (1, "
                + "tokens), with at least one token");
        }

        if (notRead.FirstOrDefault(file.Tensors.ContainsKey) is { } other)
        {
            throw new BadInputException($"{path}: there is a tensor {other} beside {Ids}, which is not read; expected "
                + $"{Ids} and, where it is padded, {Mask}");
        }

        if (Beside(file, Types, shape, path)?.Any(type => type != 0) == true)
        {
            throw new BadInputException($"{path}: {Types} marks a second text; expected zeros: language models read one text");
        }

        var ids = file.ReadInt64s(Ids);
        return Beside(file, Mask, shape, path) is { } mask ? ids[Kept(mask, path)] : ids;
    }

    private static long[]? Beside(Checkpoint file, string name, ImmutableArray<int> shape, string path)
    {
        if (!file.Tensors.TryGetValue(name, out var tensor))
        {
            return null;
        }

        return tensor.Shape.SequenceEqual(shape)
            ? file.ReadInt64s(name)
            : throw new BadInputException($"{path}: {name} has shape ({string.Join(", ", tensor.Shape)}), expected that of {Ids}, "
                + $"({string.Join(", ", shape)})");
    }

    private static Range Kept(long[] mask, string path)
    {
        if (Array.Find(mask, value => value is not (0 or 1)) is var value and not 0)
        {
            throw new BadInputException($"{path}: {Mask} holds {value}, expected 1 for tokens and 0 for padding");
        }

        var (first, last) = (Array.IndexOf(mask, 1), Array.LastIndexOf(mask, 1));
        if (first < 0)
        {
            throw new BadInputException($"{path}: {Mask} masks every token");
        }

        var hole = Array.IndexOf(mask, 0, first, last + 1 - first);
        return hole < 0
            ? first..(last + 1)
            : throw new BadInputException($"{path}: {Mask} masks position {hole} between tokens that it keeps; expected padding only "
                + "before or after the text");
    }
}

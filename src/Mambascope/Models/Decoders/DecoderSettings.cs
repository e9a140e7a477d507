using Mambascope.Checkpoints;

namespace Mambascope.Models;

/// <summary>
/// What a config.json says of a <see cref="Decoder"/>, read key by key and noted, so that a model can say what it was made of. Sizes are
/// bounded, so that a hostile file asks for no memory.
/// </summary>
/// <param name="config">The file.</param>
/// <param name="tensors">The checkpoint beside it; null for a preset.</param>
internal sealed class DecoderSettings(ConfigFile config, ModelTensors? tensors)
{
    private const int LargestSize = 1 << 20;

    private readonly Dictionary<string, object> noted = new(StringComparer.Ordinal) { ["model_type"] = config.GetString("model_type", "") };

    /// <summary>What was read, absent keys with their defaults.</summary>
    public IReadOnlyDictionary<string, object> Noted => noted;

    /// <summary>Whether the checkpoint has a tensor; null without a checkpoint.</summary>
    public bool? HasTensor(string name) => tensors?.Has(name);

    /// <summary>Whether a key has a value.</summary>
    public bool Has(string key) => config.Has(key);

    /// <summary>A whole number from 1 on; one that must be there where no default is given.</summary>
    public int Size(string key, int? absent = null) => Whole(key, absent, least: 1);

    /// <summary>A whole number from 0 on.</summary>
    public int Count(string key, int absent) => Whole(key, absent, least: 0);

    /// <summary>A whole number, or what "auto", null or an absent key stand for.</summary>
    public int SizeOrAuto(string key, Func<int> auto)
    {
        if (!config.Has(key) || config.IsText(key, "auto"))
        {
            return auto();
        }

        return Size(key);
    }

    /// <summary>Number of blocks: the same in config.json and in the checkpoint.</summary>
    public int Layers(string prefix, int absent)
    {
        if (tensors is null)
        {
            return Size("num_hidden_layers", absent);
        }

        var found = tensors.Depth(prefix);
        if (found == 0)
        {
            throw new BadInputException($"{tensors.Checkpoint.Path} holds no tensors called {prefix}0 and so on: it has no layers");
        }

        tensors.Agree("num_hidden_layers", found);
        return Note("num_hidden_layers", found);
    }

    /// <summary>A finite number.</summary>
    public double Number(string key, double absent) => Note(key, config.GetDouble(key, absent));

    /// <summary>A number above 0, as norms need it.</summary>
    public float Positive(string key, double absent)
        => (float)Number(key, absent) is > 0 and var value && float.IsFinite(value)
            ? value
            : throw Error($"{key} is {Number(key, absent)}, expected a number above 0");

    /// <summary>Some numbers; as many ones where the key is absent.</summary>
    public double[] Factors(string key, int count)
    {
        var factors = config.GetDoubles(key) ?? [.. Enumerable.Repeat(1.0, count)];
        return factors.Length == count ? Note(key, factors) : throw Error($"{key} has {factors.Length} numbers, expected {count}");
    }

    /// <summary>A truth value.</summary>
    public bool Flag(string key, bool absent) => Note(key, config.GetBoolean(key, absent));

    /// <summary>Text.</summary>
    public string Text(string key, string absent) => Note(key, config.GetString(key, absent));

    /// <summary>A list of text; null where the key is absent.</summary>
    public string[]? Texts(string key) => config.GetStrings(key) is { } texts ? Note(key, texts) : null;

    /// <summary>A list of whole numbers from 0 on; null where the key is absent.</summary>
    public int[]? Places(string key) => config.GetInt32s(key, least: 0) is { } places ? Note(key, places) : null;

    /// <summary>
    /// Whether biases are there: config.json and checkpoint must agree; where config.json says nothing, as the checkpoint has it.
    /// </summary>
    /// <param name="key">Key in config.json.</param>
    /// <param name="absent">Where neither says anything.</param>
    /// <param name="tensor">A bias of the kind.</param>
    public bool HasBias(string key, bool absent, string tensor)
    {
        var found = tensors?.Has(tensor);
        if (!config.Has(key))
        {
            return Note(key, found ?? absent);
        }

        var stated = Flag(key, absent);
        return found is null || found == stated
            ? stated
            : throw Error(stated
                ? $"{key} is true, but {tensors!.Checkpoint.Path} has no tensor {tensor}"
                : $"{key} is false, but {tensors!.Checkpoint.Path} has a tensor {tensor}");
    }

    /// <summary>Least and greatest step size.</summary>
    public (float Least, float Greatest) Steps(string key)
    {
        var limits = config.GetDoubles(key, mayBeInfinite: true) ?? [0, double.PositiveInfinity];
        if (limits.Length != 2 || !(limits[0] <= limits[1]))
        {
            throw Error($"{key} ({string.Join(", ", limits)}) is no pair of a least and a greatest step");
        }

        if (limits[0] > 0 || double.IsFinite(limits[1]))
        {
            // JSON has no infinity; a step above every single is as good.
            Note(key, new[] { limits[0], double.IsFinite(limits[1]) ? limits[1] : double.MaxValue });
        }

        return ((float)limits[0], (float)limits[1]);
    }

    /// <summary>Whether the head is the embedding: said, or not denied and no head in the checkpoint.</summary>
    public bool IsHeadTied(bool absent)
    {
        var isTied = config.GetBoolean("tie_word_embeddings", absent);
        if (tensors?.Has("lm_head.weight") == false)
        {
            LanguageTensors.RequireTied(tensors, "lm_head.weight", "tie_word_embeddings");
        }

        return Note("tie_word_embeddings", isTied || HasTensor("lm_head.weight") == false);
    }

    /// <summary>Rows of the embedding: those of the checkpoint.</summary>
    public int Vocabulary(string embedding)
    {
        if (tensors is null)
        {
            return Size("vocab_size");
        }

        var rows = tensors.Shape(tensors.Name(embedding), 2)[0];
        LanguageTensors.AgreeOnVocabulary(tensors, rows);
        return Note("vocab_size", rows);
    }

    /// <summary>A size made of others.</summary>
    public int Times(int a, int b, string what)
        => (long)a * b is var product && product <= LargestSize
            ? (int)product
            : throw Error($"{what} would be {product}, more than any model has");

    /// <summary>Refuses an activation that is not built.</summary>
    public void RequireActivation(string key, params IReadOnlyList<string> known)
    {
        if (config.Has(key) && !known.Contains(Text(key, known[0]), StringComparer.Ordinal))
        {
            throw Error($"{key} is \"{Printable.Name(config.GetString(key))}\"; supported is \"{known[0]}\"");
        }
    }

    /// <summary>Refuses what would change the forward pass without leaving a trace in names and shapes.</summary>
    public void RefuseOtherParts()
    {
        if (config.Has("quantization_config"))
        {
            throw Error("quantization_config is set; quantised weights are read from GGUF files only");
        }

        if (config.Has("rope_scaling"))
        {
            throw Error("rope_scaling is set; scaled rotary embeddings are not supported");
        }
    }

    /// <summary>The longest text that a window of attention leaves as it is; null where there is no window.</summary>
    public (int Tokens, string Setting)? Window()
        => config.Has("sliding_window") && Flag("use_sliding_window", absent: true)
            ? (Size("sliding_window"), "sliding_window")
            : null;

    /// <summary>Refuses a division that leaves a rest.</summary>
    public void RequireMultiple(int number, int divisor, string what)
    {
        if (divisor < 1 || number % divisor != 0)
        {
            throw Error(what);
        }
    }

    /// <summary>An error of this file.</summary>
    public BadInputException Error(string what) => new($"{config.Path}: {what}");

    private int Whole(string key, int? absent, int least)
    {
        var value = absent is { } number ? config.GetInt32(key, number) : config.GetInt32(key);
        return value >= least && value <= LargestSize
            ? Note(key, value)
            : throw Error($"{key} is {value}, expected a whole number from {least} to {LargestSize}");
    }

    private TValue Note<TValue>(string key, TValue value)
        where TValue : notnull
    {
        noted[key] = value;
        return value;
    }
}

using Mambascope.Checkpoints;
using Mambascope.Inputs.Series;

namespace Mambascope.Models;

/// <summary>
/// Reads a series model. Sizes come from the tensors; config.json names channels or columns, says how they are standardised, and must agree
/// with the rest. Without one channels have numbers for names and values are taken as standardised.
/// </summary>
internal static class SeriesCheckpoint
{
    private const string Categories = "categories";

    /// <summary>Whether the checkpoint holds tensors of a series model.</summary>
    public static bool Matches(Checkpoint checkpoint)
        => (checkpoint.Tensors.ContainsKey(SeriesWeights.Steps) || checkpoint.Tensors.ContainsKey(SeriesWeights.Features))
        && checkpoint.Tensors.Keys.Any(name => name.StartsWith(SeriesWeights.Layers, StringComparison.Ordinal));

    /// <summary>Loads the model; every tensor is checked for shape and for values that are not numbers.</summary>
    public static SeriesClassifier Load(Checkpoint checkpoint, ConfigFile? config)
    {
        var tensors = new ModelTensors(checkpoint, config);
        var settings = SettingsOf(tensors);
        SeriesModels.Check(settings, config?.Path ?? checkpoint.Path);
        Agree(tensors, settings);
        var weights = new SeriesWeights(settings, (name, shape) => tensors.Weight(name, shape));
        tensors.RefuseUnused("a series model");
        return new(settings, weights);
    }

    private static SeriesModelSettings SettingsOf(ModelTensors tensors)
    {
        var config = tensors.Config;
        var isOfSteps = tensors.Has(SeriesWeights.Steps);
        var isScan = tensors.Has(SeriesWeights.Layers + "0.mixer.A_log");
        var embedding = tensors.Shape(isOfSteps ? SeriesWeights.Steps : SeriesWeights.Features, 2); // (d, P C) or (numbers, d)
        var (width, patch) = (embedding[isOfSteps ? 0 : 1], config?.GetInt32("patch_length", 1) ?? 1);
        if (patch < 1 || embedding[1] % patch != 0)
        {
            throw new BadInputException(
                $"{config!.Path}: patch_length is {patch}, but tokens are made of {embedding[1]} values; correct it");
        }

        var values = isOfSteps ? embedding[1] / patch : embedding[0];
        var format = FormatOf(config, isOfSteps, values, tensors.Checkpoint.Path);
        var settings = new SeriesModelSettings
        {
            Format = format,
            Scale = new(Scale(config, "means", values, 0), Scale(config, "deviations", values, 1)),
            Classes = tensors.Shape("head.weight", 2)[0],
            Number = NumberOf(config),
            Width = width,
            Depth = tensors.Depth(SeriesWeights.Layers),
            Mixer = isScan ? SeriesMixer.Scan : SeriesMixer.Attention,
            PatchLength = patch,
            Positions = tensors.Has("pos_embed") ? tensors.Shape("pos_embed", 3)[1] : 0,
            ReadsLast = Word(config, "pooling", "mean", "last"),
            NormEpsilon = (float)(config?.GetDouble("layer_norm_epsilon", SeriesModelSettings.StandardNormEpsilon)
                ?? SeriesModelSettings.StandardNormEpsilon),
        };
        const string At = SeriesWeights.Layers + "0.";
        return isScan
            ? settings with
            {
                IsBidirectional = tensors.Has(At + "mixer.A_b_log"),
                InnerWidth = tensors.Shape(At + "mixer.in_proj.weight", 2)[0] / 2,
                StateSize = tensors.Shape(At + "mixer.A_log", 2)[1],
                ConvWidth = tensors.Shape(At + "mixer.conv1d.weight", 3)[2],
                DtRank = tensors.Shape(At + "mixer.dt_proj.weight", 2)[1],
            }
            : settings with
            {
                Heads = config?.GetInt32("num_attention_heads", 1) ?? 1,
                MlpWidth = tensors.Shape(At + "mlp.fc1.weight", 2)[0],
            };
    }

    private static void Agree(ModelTensors tensors, SeriesModelSettings settings)
    {
        tensors.Agree("hidden_size", settings.Width);
        tensors.Agree("num_hidden_layers", settings.Depth);
        tensors.Agree("num_labels", settings.Classes);
        if (settings.Mixer == SeriesMixer.Scan)
        {
            tensors.Agree("state_size", settings.StateSize);
            tensors.Agree("bidirectional", settings.IsBidirectional);
        }

        if (tensors.Config is { } config && Word(config, "mixer", "scan", "attention", settings.Mixer == SeriesMixer.Attention)
            != (settings.Mixer == SeriesMixer.Attention))
        {
            throw new BadInputException(
                $"{config.Path} says mixer = {config.GetString("mixer")}, the tensors of {tensors.Checkpoint.Path} say otherwise");
        }
    }

    private static SeriesFormat FormatOf(ConfigFile? config, bool isOfSteps, int values, string weights)
    {
        var names = config?.GetStrings(isOfSteps ? "channels" : "features");
        if (names is null)
        {
            return isOfSteps
                ? new(SeriesKind.Steps, [.. Enumerable.Range(0, values).Select(i => new SeriesVariable($"channel {i}"))])
                : throw new BadInputException(
                    $"{config?.Path ?? weights}: nothing says what the columns of the table are called; expected features in config.json");
        }

        var (units, categories) = (config!.GetStrings("units"), config.GetSection(Categories));
        if (units is not null && units.Length != names.Length)
        {
            throw new BadInputException($"{config.Path}: there are {names.Length} names and {units.Length} units, expected one each");
        }

        SeriesVariable[] variables = [.. names.Select((name, i) => new SeriesVariable(OneLine.Of(name, 255))
        {
            Unit = units?[i] is { Length: > 0 } unit ? OneLine.Of(unit, 40) : null,
            Categories = categories?.GetStrings(name),
        })];
        SeriesFormat format = new(isOfSteps ? SeriesKind.Steps : SeriesKind.Features, variables)
        {
            TimeUnit = config.GetString("time_unit", "") is { Length: > 0 } time ? OneLine.Of(time, 40) : null,
            TimeStep = config.GetDouble("time_step", 1),
        };
        return format.Values == values && variables.All(variable => variable.Width > 0)
            ? format
            : throw new BadInputException(
                $"{config.Path} names {variables.Length} {(isOfSteps ? "channels" : "columns")} of {format.Values} numbers, the tensors of "
                    + $"{weights} are for {values}");
    }

    // As Hugging Face says it: problem_type; what the number is and how it was standardised are ours.
    private static PredictedNumber? NumberOf(ConfigFile? config)
    {
        if (config is null || !Word(config, "problem_type", "single_label_classification", "regression"))
        {
            return null;
        }

        var (mean, deviation) = (config.GetDouble("target_mean", 0), config.GetDouble("target_deviation", 1));
        return double.IsFinite(mean) && double.IsFinite(deviation) && deviation > 0
            ? new(OneLine.Of(config.GetString("target", "value"), 255), mean, deviation)
            {
                Unit = config.GetString("target_unit", "") is { Length: > 0 } unit ? OneLine.Of(unit, 40) : null,
            }
            : throw new BadInputException(
                $"{config.Path}: target_mean and target_deviation say what the output stands for; expected numbers, the deviation above 0");
    }

    private static float[] Scale(ConfigFile? config, string key, int values, float absent)
        => config?.GetDoubles(key) is { } found
            ? Array.ConvertAll(found, value => (float)value)
            : [.. Enumerable.Repeat(absent, values)];

    // Whether a word that may stand for one of two is the second.
    private static bool Word(ConfigFile? config, string key, string first, string second, bool absent = false)
    {
        return config is null || !config.Has(key) ? absent
            : config.GetString(key) is var word && word == second ? true
            : word == first ? false
            : throw new BadInputException($"{config.Path}: {key} is \"{Printable.Name(word)}\"; expected \"{first}\" or \"{second}\"");
    }
}

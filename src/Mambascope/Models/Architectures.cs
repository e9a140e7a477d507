using System.Collections.Immutable;
using Mambascope.Checkpoints;

namespace Mambascope.Models;

/// <summary>
/// All architectures: the only list of them. One of your own joins it for as long as you hold what <see cref="Register"/> returns;
/// every verb of the command line and every method of the library then works on its models.
/// <code>
/// using var registration = Architectures.Register(new MyArchitecture());
/// using var model = TextModel.Open("folder-with-its-weights");
/// </code>
/// </summary>
public static class Architectures
{
    private static readonly Architecture[] own =
    [
        new VisionMambaArchitecture(),
        new VisionTransformerArchitecture(),
        new VMambaArchitecture(),
        new MedMambaArchitecture(),
        new MambaArchitecture(),
        new DecoderArchitecture(new NemotronHFamily()), // some of its blocks are called as those of Mamba-2, which is asked later
        new Mamba2Architecture(),
        new GptNeoXArchitecture(),
        new DecoderArchitecture(new FalconH1Family()),
        new DecoderArchitecture(new GraniteHybridFamily()),
        new DecoderArchitecture(new BambaFamily()),
        new DecoderArchitecture(new JambaFamily()),
        new DecoderArchitecture(new LlamaFamily("Llama", "llama", hasInBias: false)),
        new DecoderArchitecture(new LlamaFamily("Qwen2", "qwen2", hasInBias: true)),
        new DecoderArchitecture(new Gpt2Family()),
        new SeriesArchitecture(),
    ];

    private static ImmutableArray<Architecture> all = [.. own];

    /// <summary>In the order in which they are shown and tried.</summary>
    public static IReadOnlyList<Architecture> All => all;

    /// <summary>Adds an architecture, last in the list, until the result is disposed of.</summary>
    /// <exception cref="ArgumentException">Its name, a model_type or a preset is taken.</exception>
    public static IDisposable Register(Architecture architecture)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        ImmutableInterlocked.Update(ref all, list => Taken(list, architecture) is { } name
            ? throw new ArgumentException($"{architecture.Name} cannot be registered: {name} is taken", nameof(architecture))
            : list.Add(architecture));
        return new Registration(architecture);
    }

    /// <summary>Those whose models read the given input.</summary>
    public static IEnumerable<Architecture> For(ModelInput reads) => All.Where(architecture => architecture.Reads == reads);

    /// <summary>The one that a model_type means; null where none does.</summary>
    internal static Architecture? OfModelType(string modelType)
        => All.FirstOrDefault(architecture => architecture.ModelTypes.Contains(modelType, StringComparer.Ordinal));

    /// <summary>The first whose tensors a checkpoint has; null where there is none.</summary>
    internal static Architecture? Matching(Checkpoint checkpoint) => All.FirstOrDefault(architecture => architecture.Matches(checkpoint));

    /// <summary>What can be opened among the models that read the given input, for messages.</summary>
    internal static string Supported(ModelInput reads) => Supported([.. For(reads)]);

    /// <summary>What can be opened, whatever it reads, for messages.</summary>
    internal static string Supported() => Supported(All);

    private static string Supported(IReadOnlyList<Architecture> some)
        => $"supported are {Listed(some.Select(architecture => architecture.Supports), "and")}, by model_type "
        + $"{Listed(some.SelectMany(architecture => architecture.ModelTypes).Select(type => $"\"{type}\""), "or")}";

    private static string Listed(IEnumerable<string> names, string last)
    {
        string[] words = [.. names];
        return words.Length < 2 ? string.Concat(words) : $"{string.Join(", ", words[..^1])} {last} {words[^1]}";
    }

    private static string? Taken(ImmutableArray<Architecture> list, Architecture added)
    {
        var names = Names(added).ToHashSet(StringComparer.Ordinal);
        return list.SelectMany(Names).FirstOrDefault(names.Contains);

        static IEnumerable<string> Names(Architecture architecture)
            => [
                $"the name {architecture.Name}",
                .. architecture.ModelTypes.Select(type => $"model_type \"{type}\""),
                .. architecture.Presets.Select(preset => $"preset {preset.Name}"),
            ];
    }

    private sealed class Registration(Architecture architecture) : IDisposable
    {
        public void Dispose() => ImmutableInterlocked.Update(ref all, list => list.Remove(architecture));
    }
}

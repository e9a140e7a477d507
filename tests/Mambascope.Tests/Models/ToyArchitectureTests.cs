using System.Numerics;
using System.Text.Json.Nodes;
using Mambascope.Attention;
using Mambascope.Autodiff;
using Mambascope.Checkpoints;
using Mambascope.Models;
using Mambascope.Models.Mixers;
using Mambascope.Numerics;
using Mambascope.Tests.Checkpoints;
using Mambascope.Tests.Cli;
using Mambascope.Tracing;
using Xunit;

namespace Mambascope.Tests.Models;

/// <summary>
/// A complete architecture of nobody's, with a mixer of a kind of its own, out of public types alone: every verb works on it. It is the
/// example of docs/adding-an-architecture.md. Two layers without norms are linear, so that all maps can be worked out by hand.
/// </summary>
[Collection(nameof(RegistryAlone))]
public sealed class ToyArchitectureTests : IDisposable
{
    // Per channel: layer 0 decays by 0.5, 0 and 0.25 a token, layer 1 by 0, 0.5 and 0.5.
    private static readonly float[][] decays = [[0.5f, 0, 0.25f], [0, 0.5f, 0.5f]];

    private readonly TemporaryFolder folder = new();
    private readonly IDisposable registration = Architectures.Register(new DecayArchitecture());

    public ToyArchitectureTests()
    {
        var (embedding, head) = (new float[256 * 3], new float[256 * 3]);
        float[] text = [1, 0, 2, 0, 1, -1, 1, 1, 0]; // of a, b and c
        text.CopyTo(embedding, 'a' * 3);
        new float[] { 1, 2, -1 }.CopyTo(head, 'd' * 3);
        new SafetensorsWriter()
            .Add("decay.embedding", [256, 3], embedding)
            .Add("decay.layers.0", [3], decays[0])
            .Add("decay.layers.1", [3], decays[1])
            .Add("decay.head", [256, 3], head)
            .Save(folder.File("model.safetensors"));
        File.WriteAllText(folder.File("config.json"), """{"model_type": "decay", "tokenizer": "bytes", "hidden_size": 3}""");
    }

    public void Dispose()
    {
        registration.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void Info_says_what_it_is()
    {
        var said = CliRun.Successful("info", folder.Path).Out;
        Assert.Contains("decay language model", said, StringComparison.Ordinal);
        Assert.Contains("a factor a token and channel", said, StringComparison.Ordinal);
        var json = JsonNode.Parse(CliRun.Successful("info", folder.Path, "--json").Out)!;
        Assert.Equal("decay", (string?)json["architecture"]);
        Assert.Equal([2, 3, 1542], new[] { "layers", "channels", "parameters" }.Select(fact => (int)json[fact]!));
        Assert.Equal(
            ["raw", "rollout", "input-x-gradient", "integrated-gradients", "smoothgrad", "grad-cam", "occlusion", "kernel-shap"],
            json["methods"]!.AsArray().Select(method => (string?)method!["name"]));
        Assert.Contains("decay language model", CliRun.Successful("info", "random:decay-toy").Out, StringComparison.Ordinal);
    }

    /// <summary>
    /// Lags 0, 1, 2 of the mean matrices are 1, 1/4, 5/48 in layer 0 and 1, 1/3, 1/6 in layer 1. Of the products (1 + M)(1 + M) the last
    /// rows are 1/2, 1, 4 in channels 0 and 1 and 3/4, 3/2, 4 in channel 2.
    /// </summary>
    [Theory]
    [InlineData("single", 1e-6)]
    [InlineData("double", 1e-14)]
    public void Maps_are_those_worked_out_by_hand(string precision, double tolerance)
    {
        var maps = folder.File("maps.safetensors");
        var said = JsonNode.Parse(CliRun.Successful(
            "explain", "--text", "abc", "--model", folder.Path, "--target", "d", "--precision", precision, "--save", maps, "--json",
            "--method", "raw", "--method", "rollout", "--method", "input-x-gradient").Out)!;
        Assert.True((double)said["checks"]!["block_x_plus_bias_equals_gated"]! <= tolerance);
        using var saved = Checkpoint.Open(maps);
        Golden.AssertClose("raw", saved.ReadDoubles("map.raw.exact"), [13.0 / 96, 7.0 / 24, 1], tolerance);
        Golden.AssertClose("rollout", saved.ReadDoubles("map.rollout.exact"), [5.0 / 8, 7.0 / 6, 4], tolerance);
        Golden.AssertClose("input x gradient", saved.ReadDoubles("map.input-x-gradient"), [-1, 3.5, 12], tolerance);
    }

    [Fact]
    public void Without_a_method_named_it_is_explained_by_those_that_can()
        => Assert.Equal(
            ["smoothgrad"],
            JsonNode.Parse(CliRun.Successful("explain", "--text", "abc", "--model", folder.Path, "--json").Out)!["maps"]!.AsArray()
                .Select(map => (string?)map!["method"]));

    [Fact]
    public void A_method_for_scans_says_why_it_cannot()
        => CliRun.Of("explain", "--text", "abc", "--model", folder.Path, "--method", "mamba-lrp")
            .AssertFailed(1, "this model has fixed decays (toys)", "raw, rollout, input-x-gradient");

    [Fact]
    public void Attention_shows_its_matrices()
    {
        var file = folder.File("matrix.safetensors");
        Assert.Contains("Fixed decays, layer 0, mean over channels: 3 x 3", Attention().Out, StringComparison.Ordinal);
        AssertLags([1, 1.0 / 4, 5.0 / 48]);
        Attention("--channel", "2");
        AssertLags([1, 0.25, 0.0625]);
        Attention("--precision", "double", "--reduce", "abs-mean");
        AssertLags([1, 1.0 / 4, 5.0 / 48]);
        CliRun.Of([.. Line(), "--top-channels", "2"]).AssertFailed(1, "--top-channels is for models with scans", "fixed decays");

        string[] Line()
            => [
                "attention", "--text", "abc", "--model", folder.Path, "--layer", "0", "--save", file, "--out",
                folder.File("matrix.png"), "--force",
            ];

        CliRun Attention(params string[] more) => CliRun.Successful([.. Line(), .. more]);

        void AssertLags(double[] lags)
        {
            using var saved = Checkpoint.Open(file);
            double[] expected = [lags[0], 0, 0, lags[1], lags[0], 0, lags[2], lags[1], lags[0]];
            Golden.AssertClose("attention", saved.ReadDoubles("attention"), expected, 1e-7);
        }
    }

    /// <summary>The decision is a sum over tokens, so that no order of removal beats that of input x gradient.</summary>
    [Fact]
    public void A_measure_ranks_methods_on_it()
    {
        var data = folder.File("play.txt");
        File.WriteAllText(data, string.Concat(Enumerable.Repeat("abcab cacba abc. ", 12)));
        var result = JsonNode.Parse(CliRun.Successful(
            "evaluate", "text", "perturbation", "--data", data, "--window", "8", "--model", folder.Path, "--questions", "4", "--json",
            "--method", "raw,input-x-gradient").Out)!;
        var rows = result["results"]!.AsArray();
        string[] measured = [.. rows.Select(row => ((string)row!["method"]!).Split('.')[0])];
        Assert.All(["raw", "input-x-gradient", "random"], method => Assert.Contains(method, measured));
        Assert.All(rows, row => Assert.Equal(4, (int)row!["questions"]!));
    }

    [Fact]
    public void Bench_times_it()
    {
        var figures = JsonNode.Parse(CliRun.Successful("bench", "--model", folder.Path, "--threads", "1", "--json").Out)!.AsObject();
        Assert.All(["prefill.512.ms", "prefill.2048.ms", "decode.ms"], figure => Assert.True((double)figures[figure]! > 0, figure));
        CliRun.Of("bench", "--model", folder.Path, "--long", "5000").AssertFailed(1, "fixed decays");
    }

    [Fact]
    public void It_reads_on_from_what_it_remembers()
    {
        using var model = TextModel.Open(folder.Path, threads: 1);
        int[] text = [.. "cabbaca".Select(letter => (int)letter)];
        using var whole = model.Model.Forward(NewTape(), TokenBatch.Of(text));
        var state = model.Model.NewState<double>();
        model.Model.Continue(NewTape(), state, text[..4]).Dispose();
        using var rest = model.Model.Continue(NewTape(), state.Branch(), text[4..]);
        Golden.AssertClose("scores", rest.Logits.Data.Row(0).ToArray(), whole.Logits.Data.Row(0).ToArray(), 1e-13);

        Tape<double> NewTape() => new(model.Workers, new BufferPool<double>(), isRecording: false);
    }

    [Fact]
    public void A_config_that_says_otherwise_is_refused()
    {
        File.WriteAllText(folder.File("config.json"), """{"model_type": "decay", "hidden_size": 4}""");
        CliRun.Of("info", folder.Path).AssertFailed(2, "hidden_size");
    }

    /// <summary>How its checkpoints are recognised and read.</summary>
    private sealed class DecayArchitecture : Architecture
    {
        public override string Name => "Decay";

        public override ModelInput Reads => ModelInput.Text;

        public override IReadOnlyList<string> ModelTypes => ["decay"];

        public override IReadOnlyList<ModelPreset> Presets => [new("decay-toy", weights => DecayModel.Of(256, 3, 2, weights))];

        public override bool Matches(Checkpoint checkpoint) => checkpoint.Tensors.ContainsKey("decay.embedding");

        public override IModel Read(Checkpoint checkpoint, ConfigFile? config)
        {
            if (checkpoint.Find("decay.embedding").Shape is not [var vocabulary, var width])
            {
                throw new BadInputException($"decay.embedding in {checkpoint.Path} is no matrix");
            }

            if (config is not null && config.GetInt32("hidden_size", (int)width) != width)
            {
                throw new BadInputException($"{config.Path}: hidden_size is not {width}, as the tensors of {checkpoint.Path} say");
            }

            var depth = checkpoint.Tensors.Keys.Count(name => name.StartsWith("decay.layers.", StringComparison.Ordinal));
            return DecayModel.Of((int)vocabulary, (int)width, depth, Weight);

            Weight Weight(string name, int[] shape) => new(name, checkpoint.ReadSingles(name, shape), shape);
        }
    }

    /// <summary>The model: r = r + decay(r) in every layer, logits = head(r).</summary>
    /// <param name="weights">Embedding (vocabulary, d), decays (d) of every layer, head (vocabulary, d).</param>
    private sealed class DecayModel(IReadOnlyList<Weight> weights)
        : LanguageModel(new(weights.Skip(1).SkipLast(1).Select(Layer)), finalNorm: null)
    {
        public override ModelFacts Facts => new()
        {
            Name = "decay",
            Kind = "Decay",
            Title = "decay language model",
            Width = Width,
            Channels = Width,
            Rows = [new("mixer", "a factor a token and channel", Fact.Value("channels", Width))],
        };

        public override IReadOnlyDictionary<string, object> Settings
            => new Dictionary<string, object>(StringComparer.Ordinal) { ["model_type"] = "decay", ["hidden_size"] = Width };

        public override int VocabularySize => weights[0].Rows;

        public override int Width => weights[0].Columns;

        public override IEnumerable<Weight> AllWeights => weights;

        protected override Weight EmbeddingTable => weights[0];

        protected override Weight HeadTable => weights[^1];

        public static DecayModel Of(int vocabulary, int width, int depth, WeightSource source) => new(
        [
            source("decay.embedding", vocabulary, width),
            .. Enumerable.Range(0, depth).Select(layer => source($"decay.layers.{layer}", width)),
            source("decay.head", vocabulary, width),
        ]);

        public override ILanguageModel With(WeightSource source)
            => new DecayModel([.. weights.Select(weight => source(weight.Name, [.. weight.Shape]))]);

        private static IReadOnlyList<ResidualBranch> Layer(Weight decay) => [new(norm: null, new DecayMixer(decay))];
    }

    /// <summary>One part of a layer: y[t] = a ⊙ y[t - 1] + x[t], a factor a channel.</summary>
    private sealed class DecayMixer(Weight decay) : IMixer
    {
        public MixerShape Shape { get; } = new(new("decay", "fixed decays", "toys"), [new("channel", decay.Rows)]);

        public MixerOutput<T> Forward<T>(Tape<T> tape, MixerInput<T> input)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            if (input.Cuts.Count > 0)
            {
                throw new BadInputException("edges of fixed decays cannot be cut");
            }

            var (x, state) = (input.Stream, input.State as DecayState<T>);
            DecayOperator<T> op = new(x, decay.Values<T>(), tape.NewValue(x.Data.Batch, x.Data.Length, x.Data.Width));
            op.Forward(state?.Last);
            var y = tape.Record(op);
            return new(y, state is null ? new DecayTrace<T>(Shape, x, op.Factors, y) : null);
        }

        public LayerState<T> NewState<T>()
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            => new DecayState<T>(new T[decay.Rows]);
    }

    /// <summary>The recorded equation and its gradient: adjoints decay from the last token to the first.</summary>
    private sealed class DecayOperator<T>(Value<T> x, T[] factors, Value<T> output) : Operator<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public T[] Factors => factors;

        public override IReadOnlyList<Value<T>> Inputs => [x];

        public override Value<T> Output => output;

        public void Forward(T[]? last)
        {
            var (from, to) = (x.Data, output.Data);
            for (var item = 0; item < from.Batch; item++)
            {
                var carried = last ?? new T[factors.Length]; // a state has one item
                for (var t = 0; t < from.Length; t++)
                {
                    for (var c = 0; c < carried.Length; c++)
                    {
                        carried[c] = (factors[c] * carried[c]) + from.Row(item, t)[c];
                        to.Row(item, t)[c] = carried[c];
                    }
                }
            }
        }

        public override void Backward(Replay<T> replay, Activation<T> dOutput)
        {
            if (replay.Target(x) is not { } dx)
            {
                return;
            }

            for (var item = 0; item < dOutput.Batch; item++)
            {
                var carried = new T[factors.Length];
                for (var t = dOutput.Length - 1; t >= 0; t--)
                {
                    for (var c = 0; c < carried.Length; c++)
                    {
                        carried[c] = (factors[c] * carried[c]) + dOutput.Row(item, t)[c];
                        ref var to = ref dx.Data.Row(item, t)[c];
                        to = carried[c] + (dx.Accumulate ? to : T.Zero);
                    }
                }
            }
        }
    }

    /// <summary>What is explained of a run.</summary>
    private sealed record DecayTrace<T>(MixerShape Made, Value<T> X, T[] Factors, Value<T> Y) : MixerTrace<T>(Y), IExplainedMixer<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public override MixerShape Shape => Made;

        public override IEnumerable<Value<T>> Explained => [];

        public TokenMixing<T> Mixing => new DecayMixing<T>(this);
    }

    /// <summary>How tokens were mixed: M[i, j] = a^(i - j) in every channel.</summary>
    private sealed class DecayMixing<T>(DecayTrace<T> trace) : TokenMixing<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public override AttentionMatrix<T> Matrix(
            Workers workers, int item, MatrixRequest<T> request, CancellationToken cancellation = default)
        {
            var factors = request.Channels is { } chosen ? [.. chosen.Select(channel => trace.Factors[channel])] : trace.Factors;
            var matrix = new AttentionMatrix<T>(trace.X.Data.Length);
            for (var i = 0; i < matrix.Length; i++)
            {
                for (var j = 0; j <= i; j++)
                {
                    var lag = T.CreateTruncating(i - j);
                    T[] entries = [.. factors.Select(factor => T.Pow(factor, lag))];
                    matrix[i, j] = ChannelReductions.Reduce<T>(entries, request.Sign, request.Reduction);
                }
            }

            return matrix;
        }

        public override MixingError? Check(
            Workers workers, BufferPool<T> pool, IReadOnlyList<int> tokens, CancellationToken cancellation = default)
        {
            var (x, y, error, largest) = (trace.X.Data, trace.Y.Data, 0.0, double.Epsilon);
            for (var channel = 0; channel < x.Width; channel++)
            {
                var matrix = Matrix(workers, 0, new() { Channels = [channel] }, cancellation);
                foreach (var token in tokens)
                {
                    var (sum, expected) = (T.Zero, y.Row(0, token)[channel]);
                    for (var j = 0; j <= token; j++)
                    {
                        sum += matrix[token, j] * x.Row(0, j)[channel];
                    }

                    error = Math.Max(error, double.CreateTruncating(T.Abs(sum - expected)));
                    largest = Math.Max(largest, double.CreateTruncating(T.Abs(expected)));
                }
            }

            return new(Scan: 0, error / largest);
        }
    }

    /// <summary>What a layer remembers: its last output (d).</summary>
    private sealed class DecayState<T>(T[] last) : LayerState<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public T[] Last { get; private set; } = last;

        public override LayerState<T> Copy() => new DecayState<T>([.. Last]);

        public override IEnumerable<(string Name, T[] Values)> Parts() => [("last", Last)];

        public override void Fill(int position, Func<string, int, T[]> read) => Last = read("last", Last.Length);
    }
}

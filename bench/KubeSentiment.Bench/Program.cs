using System.CommandLine;
using KubeSentiment.Bench.Bare;
using KubeSentiment.Bench.Direct;
using KubeSentiment.Bench.Load;

var root = new RootCommand("Measures KubeSentiment: load, baselines, accuracy and broken input. bench/README.md says how and with what limits.")
{
    LoadCommand.Create(),
    BareCommand.Create(),
    DirectCommand.Create(),
};
return await root.Parse(args).InvokeAsync();

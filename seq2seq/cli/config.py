"""`seq2seq config`"""

import click


@click.command("config")
def command() -> None:
    """Print a commented config with all defaults, as a start for your own.

    \b
      seq2seq config > mine.yaml
    """
    from seq2seq.config.commented import commented_config

    click.echo(commented_config(), nl=False)
